/** The view *Ranges*: the address plan. Every claim, grouped by its role, with whose it is, how we know, how full it is, and what it conflicts with. */
import * as vscode from 'vscode';
import { groupBy } from '../../core/checks/groupBy.js';
import { compareRanges } from '../../core/ip/range.js';
import { type Claim, type Provenance, type Role, ROLES } from '../../core/network/claim.js';
import { compareNatural } from '../../core/network/naturalOrder.js';
import { formatPlace, placeKey } from '../../core/network/place.js';
import type { ClaimSummary, OutlookSummary } from '../../kube/session.js';
import { rangeTarget, type Target } from '../commands/target.js';
import type { Connection } from '../connection.js';
import { Command, InternalCommand } from '../contributions.js';
import { tooltip } from '../markdown.js';
import type { ShownFindings } from '../shownFindings.js';
import { worst } from '../shownFindings.js';
import { treeItem } from './row.js';
import { findingsWord, join, severityIcon, severityWord } from './words.js';

const { t } = vscode.l10n;
/** Claims of one role that are shown at first, and added by each "show more". */
const PAGE = 200;
const REFRESH_MS = 150;

export class RoleElement {
  readonly kind = 'role';
  readonly id: string;
  readonly role: Role;
  claims: readonly ClaimElement[] = [];
  limit = PAGE;
  constructor(context: string, role: Role) {
    this.role = role;
    this.id = `${context}/role/${role}`;
  }
}
export class ClaimElement {
  readonly kind = 'claim';
  readonly id: string;
  readonly parent: RoleElement;
  readonly summary: ClaimSummary;
  constructor(parent: RoleElement, summary: ClaimSummary) {
    this.parent = parent;
    this.summary = summary;
    this.id = `${parent.id}/${summary.id}`;
  }
  get target(): Target {
    return rangeTarget(this.summary.claim.text, this.summary.claim.place);
  }
}
export class MoreClaimsElement {
  readonly kind = 'moreClaims';
  readonly id: string;
  readonly parent: RoleElement;
  constructor(parent: RoleElement) {
    this.parent = parent;
    this.id = `${parent.id}/more`;
  }
}
/** What ends soonest. */
export class OutlookGroupElement {
  readonly kind = 'outlookGroup';
  readonly id = 'outlook';
  readonly parent = undefined;
}
export class OutlookElement {
  readonly kind = 'outlook';
  readonly id: string;
  readonly parent: OutlookGroupElement;
  readonly outlook: OutlookSummary;
  readonly claim: Claim;
  constructor(parent: OutlookGroupElement, outlook: OutlookSummary, claim: Claim) {
    this.parent = parent;
    this.outlook = outlook;
    this.claim = claim;
    this.id = `outlook/${outlook.resource}/${outlook.claimId}`;
  }
  get target(): Target {
    return rangeTarget(this.claim.text, this.claim.place);
  }
}
export type RangesElement = RoleElement | ClaimElement | MoreClaimsElement | OutlookGroupElement | OutlookElement;

export class RangesTree implements vscode.TreeDataProvider<RangesElement>, vscode.Disposable {
  readonly #connection: Connection;
  readonly #findings: ShownFindings;
  readonly #changed = new vscode.EventEmitter<RangesElement | undefined>();
  readonly #subscriptions: vscode.Disposable;
  readonly #roles = new Map<string, RoleElement>();
  readonly #outlookGroup = new OutlookGroupElement();
  readonly onDidChangeTreeData = this.#changed.event;
  #mirror: { dispose(): void } | undefined;
  #cluster: Connection['cluster'];
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: Connection, findings: ShownFindings) {
    this.#connection = connection;
    this.#findings = findings;
    this.#subscriptions = vscode.Disposable.from(
      connection.onDidChange(() => {
        this.#follow();
      }),
      findings.onDidChange(() => {
        this.#refresh();
      }),
    );
    this.#follow();
  }

  getChildren(element?: RangesElement): RangesElement[] {
    if (element === undefined) return this.#groups();
    if (element.kind === 'outlookGroup') return this.#outlook();
    if (element.kind !== 'role') return [];
    const shown = element.claims.slice(0, element.limit);
    return shown.length < element.claims.length ? [...shown, new MoreClaimsElement(element)] : [...shown];
  }

  getTreeItem(element: RangesElement): vscode.TreeItem {
    switch (element.kind) {
      case 'role':
        return treeItem({
          id: element.id,
          label: roleWord(element.role),
          description: String(element.claims.length),
          icon: new vscode.ThemeIcon('list-tree'),
          state: vscode.TreeItemCollapsibleState[element.claims.length > 20 ? 'Collapsed' : 'Expanded'],
          words: [],
          speech: t('{0}, {1} ranges', roleWord(element.role), element.claims.length),
        });
      case 'claim':
        return this.#claimItem(element);
      case 'outlookGroup': {
        const first = this.#outlook()[0];
        return treeItem({
          id: element.id,
          label: t('Runs Out First'),
          icon: outlookIcon(first?.outlook),
          state: vscode.TreeItemCollapsibleState[isShort(first?.outlook) ? 'Expanded' : 'Collapsed'],
          words: [],
          speech: t('What runs out first'),
        });
      }
      case 'outlook':
        return outlookItem(element);
      case 'moreClaims':
        return treeItem({
          id: element.id,
          label: t('Show More'),
          description: t('{0} not shown', element.parent.claims.length - element.parent.limit),
          icon: new vscode.ThemeIcon('ellipsis'),
          words: ['more'],
          speech: t('Show more ranges'),
          command: { command: InternalCommand.loadMore, title: t('Show More'), arguments: [element] },
        });
    }
  }

  resolveTreeItem(item: vscode.TreeItem, element: RangesElement): vscode.TreeItem {
    if (element.kind === 'outlook') item.tooltip = outlookTooltip(element);
    if (element.kind !== 'claim') return item;
    const { claim, size, usable, usedAddresses, assignedRanges, blocks } = element.summary;
    item.tooltip = tooltip({
      title: claim.text,
      paragraphs: [`${roleWord(claim.role)}: ${claim.owner}`],
      facts: [
        ...this.#findings.ofPlace(placeKey(claim.place)).map(({ finding, severity }) => ({
          label: `${finding.code}, ${severityWord(severity)}`,
          value: finding.message,
        })),
        { label: t('How we know'), value: provenanceExplained(claim.provenance), source: formatPlace(claim.place) },
        {
          label: t('Size'),
          value: t('{0} addresses, {1} of them usable', BigInt(size).toLocaleString(), BigInt(usable).toLocaleString()),
        },
        ...(assignedRanges === 0 ? [] : [{ label: t('Node ranges in it'), value: assignedRanges.toLocaleString() }]),
        ...(blocks === undefined
          ? []
          : [
              {
                label: t('Blocks of /{0}', blocks.prefixLength),
                value: t(
                  '{0}, {1} of them free',
                  BigInt(blocks.total).toLocaleString(),
                  BigInt(blocks.free).toLocaleString(),
                ),
              },
            ]),
        ...(usedAddresses === undefined
          ? []
          : [
              {
                label: t('Used'),
                value: usedAddresses.toLocaleString(),
                source: t('addresses of pods, services and nodes that were seen'),
              },
            ]),
        ...(claim.used === false
          ? [{ label: t('Use'), value: t('assigned, but addresses are taken from elsewhere') }]
          : []),
      ],
    });
    return item;
  }

  getParent(element: RangesElement): RangesElement | undefined {
    return element.kind === 'role' || element.kind === 'outlookGroup' ? undefined : element.parent;
  }

  showMore(element: MoreClaimsElement): void {
    element.parent.limit += PAGE;
    this.#changed.fire(element.parent);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#mirror?.dispose();
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  #groups(): RangesElement[] {
    const { cluster } = this.#connection;
    if (cluster === undefined) return [];
    const outlook = this.#outlook().length > 0 ? [this.#outlookGroup] : [];
    const byRole = groupBy(cluster.mirror.claims.values(), ({ claim }) => claim.role);
    const roles = ROLES.flatMap((role) => {
      const claims = byRole.get(role);
      if (claims === undefined) return [];
      const element = this.#role(cluster.identity.context, role);
      const before = new Map(element.claims.map((claim) => [claim.id, claim]));
      element.claims = claims.sort(compareClaims).map((summary) => {
        const fresh = new ClaimElement(element, summary);
        const kept = before.get(fresh.id);
        return kept?.summary === summary ? kept : fresh;
      });
      return [element];
    });
    return [...outlook, ...roles];
  }

  #outlook(): OutlookElement[] {
    const mirror = this.#connection.cluster?.mirror;
    return (mirror?.outlook ?? []).flatMap((outlook) => {
      const claim = mirror?.claims.get(outlook.claimId)?.claim;
      return claim === undefined ? [] : [new OutlookElement(this.#outlookGroup, outlook, claim)];
    });
  }

  #role(context: string, role: Role): RoleElement {
    const key = `${context}/${role}`;
    let element = this.#roles.get(key);
    if (element === undefined) this.#roles.set(key, (element = new RoleElement(context, role)));
    return element;
  }

  #claimItem(element: ClaimElement): vscode.TreeItem {
    const { claim } = element.summary;
    const findings = this.#findings.ofPlace(placeKey(claim.place));
    const severity = worst(findings);
    const use = useOf(element.summary);
    const description = join([claim.owner, use, provenanceWord(claim.provenance), findingsWord(findings)]);
    return treeItem({
      id: element.id,
      label: claim.text,
      description,
      icon:
        severity === undefined
          ? new vscode.ThemeIcon(claim.used === false ? 'circle-slash' : 'symbol-array')
          : severityIcon(severity),
      words: claim.place.kind === 'object' ? ['range', 'object'] : ['range'],
      speech: join(
        [claim.text, roleWord(claim.role), claim.owner, use, provenanceWord(claim.provenance), findingsWord(findings)],
        ', ',
      ),
      ...(claim.place.kind === 'object'
        ? { command: { command: Command.openObject, title: t('Open'), arguments: [element] } }
        : {}),
    });
  }

  #follow(): void {
    const { cluster } = this.#connection;
    if (cluster === this.#cluster) return;
    this.#cluster = cluster;
    this.#roles.clear();
    this.#mirror?.dispose();
    this.#mirror = cluster?.mirror.onChange((change) => {
      if (change.claims || change.outlook) this.#refresh();
    });
    this.#refresh();
  }

  #refresh(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#changed.fire(undefined);
    }, REFRESH_MS);
  }
}

function compareClaims(a: ClaimSummary, b: ClaimSummary): number {
  return (
    compareRanges(a.claim.range, b.claim.range) ||
    compareNatural(a.claim.owner, b.claim.owner) ||
    compareNatural(a.id, b.id)
  );
}

/** `12 of 254 used`, `2 of 256 /24 assigned`; empty where there is no such count. */
function useOf({ claim, usable, usedAddresses, blocks }: ClaimSummary): string {
  if (claim.used === false) return t('not used');
  if (blocks !== undefined) {
    const assigned = BigInt(blocks.total) - BigInt(blocks.free);
    return t(
      '{0} of {1} /{2} assigned',
      assigned.toLocaleString(),
      BigInt(blocks.total).toLocaleString(),
      blocks.prefixLength,
    );
  }
  return usedAddresses === undefined
    ? ''
    : t('{0} of {1} used', usedAddresses.toLocaleString(), BigInt(usable).toLocaleString());
}

/** Nearly at its end, at its end, or said to be by events. */
const isShort = (outlook: OutlookSummary | undefined): boolean =>
  outlook !== undefined && (outlook.fraction >= 0.9 || outlook.evidence.length > 0);

function outlookIcon(outlook: OutlookSummary | undefined): vscode.ThemeIcon {
  return isShort(outlook) ? severityIcon('warning') : new vscode.ThemeIcon('pulse');
}

function resourceWord({ resource }: OutlookSummary): string {
  switch (resource) {
    case 'pod addresses':
      return t('pod addresses');
    case 'blocks':
      return t('node ranges');
    case 'service addresses':
      return t('service addresses');
    case 'load-balancer addresses':
      return t('load balancer addresses');
  }
}

/** `250 of 254 pod addresses left, 3 days at this rate`. */
function leftWords(outlook: OutlookSummary): string {
  const left = t(
    '{0} of {1} {2} left',
    BigInt(outlook.left).toLocaleString(),
    BigInt(outlook.total).toLocaleString(),
    resourceWord(outlook),
  );
  if (outlook.hoursLeft === undefined) return left;
  const time =
    outlook.hoursLeft < 48 ? t('{0} hours', outlook.hoursLeft) : t('{0} days', Math.round(outlook.hoursLeft / 24));
  return t('{0}, {1} at the present rate', left, time);
}

function outlookItem(element: OutlookElement): vscode.TreeItem {
  const { outlook, claim } = element;
  const words = leftWords(outlook);
  return treeItem({
    id: element.id,
    label: claim.text,
    description: join([claim.owner, words]),
    icon: outlookIcon(outlook),
    words: claim.place.kind === 'object' ? ['range', 'object'] : ['range'],
    speech: join([claim.text, claim.owner, words], ', '),
    ...(claim.place.kind === 'object'
      ? { command: { command: Command.openObject, title: t('Open'), arguments: [element] } }
      : {}),
  });
}

function outlookTooltip({ outlook, claim }: OutlookElement): vscode.MarkdownString {
  return tooltip({
    title: claim.text,
    paragraphs: [leftWords(outlook)],
    facts: [
      { label: roleWord(claim.role), value: claim.owner, source: formatPlace(claim.place) },
      ...outlook.evidence.map((value) => ({ label: t('Seen'), value })),
    ],
  });
}

export function roleWord(role: Role): string {
  switch (role) {
    case 'pod-cluster':
      return t('Pods of the Cluster');
    case 'pod-node':
      return t('Pods of a Node');
    case 'pod-pool':
      return t('Pod Pools');
    case 'pod-namespace':
      return t('Pods of a Namespace');
    case 'service':
      return t('Services');
    case 'node':
      return t('Nodes');
    case 'load-balancer':
      return t('Load Balancers');
    case 'join':
      return t('Kept by the Networking Solution');
    case 'reserved':
      return t('Reserved');
    case 'docker':
      return t('Docker');
    case 'workstation':
      return t('This Workstation');
  }
}

export function provenanceWord(provenance: Provenance): string {
  switch (provenance) {
    case 'assigned':
      return t('assigned');
    case 'declared':
      return t('declared');
    case 'inferred':
      return t('inferred');
    case 'default':
      return t('default');
    case 'user':
      return t('told by you');
  }
}

function provenanceExplained(provenance: Provenance): string {
  switch (provenance) {
    case 'assigned':
      return t('assigned: handed out and in force');
    case 'declared':
      return t('declared: configured');
    case 'inferred':
      return t('inferred: concluded from what is seen; it may be larger');
    case 'default':
      return t('default: nothing was set, and this is the documented default');
    case 'user':
      return t('told by you');
  }
}
