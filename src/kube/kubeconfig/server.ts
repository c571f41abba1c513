/**
 * The address of an API server as kubeconfigs write it: a URL, or `host:port`, which kubectl takes for plain HTTP.
 *
 * Source: https://github.com/kubernetes/client-go/blob/master/rest/url_utils.go (`DefaultServerURL`)
 */

export type ParsedServer =
  | {
      readonly ok: true;
      /** Without user information, query and fragment; the path has no slash at its end, unless it is `/`. */
      readonly url: URL;
      /** `user:password` of the URL, decoded; `''` where there is none. */
      readonly userInformation: string;
    }
  | { readonly ok: false; readonly problem: string };

export function parseServer(text: string): ParsedServer {
  const hasScheme = /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\//.test(text);
  if (!URL.canParse(hasScheme ? text : `http://${text}`)) return { ok: false, problem: 'this is not a URL' };
  const url = new URL(hasScheme ? text : `http://${text}`);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { ok: false, problem: `the scheme ${url.protocol.slice(0, -1)} is not supported; https and http are` };
  if (!hasScheme && url.pathname !== '/') return { ok: false, problem: 'a path needs https:// in front' };
  const userInformation =
    url.username === '' && url.password === '' ? '' : `${decode(url.username)}:${decode(url.password)}`;
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  url.pathname = url.pathname.replace(/\/+$/, '');
  return { ok: true, url, userInformation };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    // A percent sign that starts no escape stands for itself.
    if (error instanceof URIError) return text;
    throw error;
  }
}
