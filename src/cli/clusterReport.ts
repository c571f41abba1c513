/** Reads a cluster once, for a report. */
import type { Output } from './command.js';
import { type ConnectOptions, withCluster } from './connect.js';
import { isSimulatedVersion, type Reported } from './picture.js';

/** Connects, reads everything once, and answers with the picture. Rejects in words for people. */
export async function reportedOfCluster(
  options: ConnectOptions,
  output: Output,
  signal: AbortSignal,
): Promise<Reported> {
  return await withCluster(options, output, signal, ({ access, overview: { state, ...picture } }) =>
    Promise.resolve({
      source: {
        kind: 'cluster',
        context: access.context,
        server: state.server,
        version: state.version,
        insecure: state.insecure,
      },
      simulated: isSimulatedVersion(state.version),
      readAt: new Date().toISOString(),
      picture,
    }),
  );
}
