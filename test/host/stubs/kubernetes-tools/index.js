/**
 * Stands in for the Kubernetes extension: the view, the context values and the API that it documents.
 * https://github.com/vscode-kubernetes-tools/vscode-kubernetes-tools/blob/master/docs/extending/commandtargets.md
 */
const vscode = require('vscode');

const CATEGORY = 'kubernetes-explorer-node';
const kind = (manifestKind, abbreviation) => ({ manifestKind, abbreviation });

/** Rows by environment: `pod shop/web-1, node node1`. */
function rows() {
  return (process.env.KUBERNETES_ROWS ?? '').split(', ').map((text) => {
    const [abbreviation, name] = text.split(' ');
    const [namespace, own] = name.includes('/') ? name.split('/') : [null, name];
    return {
      nodeCategory: CATEGORY,
      nodeType: 'resource',
      kind: kind(abbreviation === 'pod' ? 'Pod' : 'Node', abbreviation),
      name: own,
      namespace,
    };
  });
}

exports.activate = () => {
  vscode.window.createTreeView('extension.vsKubernetesExplorer', {
    treeDataProvider: {
      getChildren: (row) => (row === undefined ? rows() : []),
      getTreeItem: (row) => {
        const item = new vscode.TreeItem(row.name);
        item.contextValue = `vsKubernetes.resource.${row.kind.abbreviation}`;
        return item;
      },
    },
  });
  const resolveCommandTarget = (target) =>
    target?.nodeCategory === CATEGORY
      ? {
          nodeType: target.nodeType,
          name: target.name,
          namespace: target.namespace,
          resourceKind: target.kind,
        }
      : undefined;
  return {
    get: (component, version) =>
      component === 'clusterexplorer' && version === 'v1'
        ? { available: true, api: { resolveCommandTarget } }
        : { available: false, reason: 'version-unknown' },
  };
};
