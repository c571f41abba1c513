/**
 * The only file that knows `@vscode/webview-ui-toolkit`: registers the controls that our pages use.
 *
 * The toolkit is archived upstream; to leave it, put other elements of the same names behind this file.
 */
import { provideVSCodeDesignSystem, vsCodeButton, vsCodeCheckbox, vsCodeTextField } from '@vscode/webview-ui-toolkit';

export function registerControls(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox(), vsCodeTextField());
}
