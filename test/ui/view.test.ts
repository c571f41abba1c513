/** The view container opens; without a kubeconfig, or in Restricted Mode, it says so instead of showing a tree. */
import { uiTest } from '../host/workbench.js';

uiTest('without a kubeconfig the view says so', {}, async (workbench) => {
  await workbench.openView();
  await workbench.welcome('kubeconfig').waitFor();
  await workbench.screenshots('welcome-no-kubeconfig');
});

uiTest('in Restricted Mode the view says so', { trusted: false }, async (workbench) => {
  await workbench.openView();
  await workbench.welcome(/trust/i).waitFor();
  await workbench.screenshot('welcome-restricted');
});
