/** Activation: composes the parts. No network, no process, no file is touched here. */

export function activate(): void {
  // The parts are registered here as they land.
}
