/** Activation: composes the parts. No network, no process, no file is touched here. */
import * as vscode from 'vscode';
import { FindingCommands } from './editor/commands/findingCommands.js';
import { commandHandlers } from './editor/commands/handlers.js';
import { registerCommands } from './editor/commands/register.js';
import { Connection } from './editor/connection.js';
import { connectionParts } from './editor/connectionParts.js';
import { CredentialConsent } from './editor/consent.js';
import { FindingDecorations } from './editor/decorations.js';
import { registerDocumentation } from './editor/documentation.js';
import { FindingsView } from './editor/findingsView.js';
import { HiddenFindings } from './editor/hiddenFindings.js';
import { registerManifests } from './editor/language/register.js';
import { MapPanel } from './editor/map/mapPanel.js';
import { ConnectedMapSource } from './editor/map/mapSource.js';
import { NetworkView } from './editor/networkView.js';
import { ObjectDocuments } from './editor/objectDocuments.js';
import { ProbeCommands } from './editor/probe/probeCommands.js';
import { ProbeDocuments } from './editor/probe/probeDocuments.js';
import { Problems } from './editor/problems.js';
import { RangesView } from './editor/rangesView.js';
import { ShownFindings } from './editor/shownFindings.js';
import { Leftovers } from './editor/verify/leftovers.js';
import { ResultPanel } from './editor/verify/resultPanel.js';
import { Verifications } from './editor/verify/verifications.js';
import { VerifyCommands } from './editor/verify/verifyCommands.js';

let connected: Connection | undefined;

/** What a run created in a cluster is taken away before the window is gone; the workbench waits some seconds for it. */
export async function deactivate(): Promise<void> {
  await connected?.end();
}

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel(vscode.l10n.t('Cluster Network'), { log: true });
  const consent = new CredentialConsent(context.globalState);
  const connection = new Connection(connectionParts(context, consent, log));
  connected = connection;
  const hidden = new HiddenFindings(context.globalState);
  const verifications = new Verifications();
  const findings = new ShownFindings(connection, hidden, verifications);
  const network = new NetworkView(connection, findings);
  const ranges = new RangesView(connection, findings);
  const found = new FindingsView(connection, findings);
  const source = new ConnectedMapSource({ connection, findings, network, found });
  const map = new MapPanel(context.extensionUri, source, log);
  const probeDocuments = new ProbeDocuments();
  const probes = new ProbeCommands(connection, probeDocuments, context.workspaceState, log);
  const verifying = new VerifyCommands(connection, probeDocuments, verifications, log);
  const { extensionUri } = context;
  const results = new ResultPanel({
    ...{ extensionUri, connection, verifications, network, log },
    showPlan: verifying.showPlan,
  });
  const leftovers = new Leftovers(connection);
  const findingCommands = new FindingCommands(connection, findings, hidden, verifications);
  context.subscriptions.push(
    log,
    connection,
    hidden,
    verifications,
    findings,
    network,
    ranges,
    found,
    source,
    map,
    probeDocuments,
    results,
    leftovers,
    new FindingDecorations(findings),
    new ObjectDocuments(connection),
    new Problems(connection, findings),
    registerManifests(),
    registerDocumentation(),
    registerCommands(
      commandHandlers({
        ...{ connection, consent, findingCommands, network, ranges, found, map, probes, verifying, results, leftovers },
        log,
      }),
      log,
    ),
  );
}
