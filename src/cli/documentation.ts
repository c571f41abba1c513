/** Where a check is explained: an anchor of docs/checks.md. */
import { homepage } from '../../package.json';

/** `https://…/docs/checks.md#cn101` */
export const documentationOf = (code: string): string =>
  `${homepage.replace(/#.*$/, '')}/blob/main/docs/checks.md#${code.toLowerCase()}`;
