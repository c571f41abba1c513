/** Every command and what it does. */
import * as vscode from 'vscode';
import type { Connection } from '../connection.js';
import type { CredentialConsent } from '../consent.js';
import { Command, EXTENSION_ID, InternalCommand, View } from '../contributions.js';
import type { FindingsView } from '../findingsView.js';
import type { MapPanel } from '../map/mapPanel.js';
import type { NetworkView } from '../networkView.js';
import type { ProbeCommands } from '../probe/probeCommands.js';
import type { RangesView } from '../rangesView.js';
import { MoreElement } from '../tree/elements.js';
import { MoreFindingsElement } from '../tree/findingsTree.js';
import { MoreClaimsElement } from '../tree/rangesTree.js';
import type { Leftovers } from '../verify/leftovers.js';
import type { ResultPanel } from '../verify/resultPanel.js';
import type { VerifyCommands } from '../verify/verifyCommands.js';
import { copyCidr, copyIp, openObject } from './clusterCommands.js';
import type { FindingCommands } from './findingCommands.js';
import type { Handler } from './register.js';
import { selectContextCommand } from './selectContext.js';
import { whatIsThisIp } from './whatIsThisIp.js';

export interface CommandParts {
  readonly connection: Connection;
  readonly consent: CredentialConsent;
  readonly findingCommands: FindingCommands;
  readonly network: NetworkView;
  readonly ranges: RangesView;
  readonly found: FindingsView;
  readonly map: MapPanel;
  readonly probes: ProbeCommands;
  readonly verifying: VerifyCommands;
  readonly results: ResultPanel;
  readonly leftovers: Leftovers;
  readonly log: vscode.LogOutputChannel;
}

export function commandHandlers({
  connection,
  consent,
  findingCommands,
  network,
  ranges,
  found,
  map,
  probes,
  verifying,
  results,
  leftovers,
  log,
}: CommandParts): Readonly<Record<Command | InternalCommand, Handler>> {
  return {
    [Command.selectContext]: () => selectContextCommand(connection),
    [Command.refresh]: () => inView(() => connection.refresh()),
    [Command.retry]: () =>
      inView(async () => {
        await consent.forgetRefusals();
        await connection.retry();
      }),
    [Command.showLog]: () => {
      log.show();
    },
    [Command.openSettings]: () =>
      vscode.commands.executeCommand('workbench.action.openSettings', `@ext:${EXTENSION_ID}`),
    [Command.copyIp]: (row, rows) => copyIp(connection, row, rows),
    [Command.copyCidr]: (row, rows) => copyCidr(connection, row, rows),
    [Command.openObject]: (row, rows) => openObject(connection, row, rows),
    [Command.openMap]: () => {
      map.open();
    },
    [Command.probeTo]: (row, rows) => probes.probeTo(row, rows),
    [Command.probeBetween]: (row, rows) => probes.probeBetween(row, rows),
    [Command.probeFromNode]: (row, rows) => probes.probeFromNode(row, rows),
    [Command.verify]: () => verifying.verify(results),
    [Command.removeLeftovers]: () => leftovers.remove(),
    [Command.manageCredentialPrograms]: () => consent.manage(),
    [Command.hideFinding]: (row) => findingCommands.hide(row),
    [Command.showHiddenFinding]: (row) => findingCommands.showHidden(row),
    [Command.copyFinding]: (row) => findingCommands.copy(row),
    [Command.dismissFinding]: (row) => findingCommands.dismiss(row),
    [Command.explainFinding]: (row) => findingCommands.explain(row),
    [Command.whatIsThisIp]: (row, rows) => whatIsThisIp(connection, row, rows),
    [InternalCommand.loadMore]: (row) => {
      if (row instanceof MoreElement) return network.tree.showMore(row);
      if (row instanceof MoreClaimsElement) ranges.tree.showMore(row);
      if (row instanceof MoreFindingsElement) found.tree.showMore(row);
      return undefined;
    },
  };
}

/** Shows in the view that something is under way. */
const inView = (work: () => Promise<void>): Thenable<void> =>
  vscode.window.withProgress({ location: { viewId: View.network } }, work);
