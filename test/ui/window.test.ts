/** The window with the packaged extension in it opens, in every theme. */
import { uiTest } from '../host/workbench.js';

uiTest('the window opens', { files: { 'a.txt': 'hello\n' } }, async (workbench) => {
  await workbench.openFile('a.txt');
  await workbench.screenshots('window');
});
