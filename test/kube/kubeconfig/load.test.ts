/** Our loader against the real kubectl: the same configuration, or a refusal where kubectl refuses. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, suite, test } from 'node:test';
import { loadKubeconfig } from '../../../src/kube/kubeconfig/load.js';
import { problemText } from '../../../src/kube/kubeconfig/model.js';
import { selectContext, type SelectedContext } from '../../../src/kube/kubeconfig/selectContext.js';
import { thisMachine, type Surroundings } from '../../../src/kube/kubeconfig/surroundings.js';
import { CONFIGURATIONS, type Configuration } from './configurations.js';
import { kubectl, skip } from './kubectl.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'kubeconfig-'));
after(() => rmSync(root, { recursive: true }));
const signal = new AbortController().signal;

interface Place {
  readonly directory: string;
  readonly environment: Record<string, string>;
  readonly surroundings: Surroundings;
  readonly explicit: string | undefined;
}

function write(configuration: Configuration): Place {
  const directory = mkdtempSync(path.join(root, 'case-'));
  for (const [name, content] of Object.entries(configuration.files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), content);
  }
  const environment: Record<string, string> = { HOME: path.join(directory, 'home') };
  if (configuration.list !== undefined) environment['KUBECONFIG'] = configuration.list.join(path.delimiter);
  return {
    directory,
    environment,
    surroundings: { ...thisMachine(), environment, home: path.join(directory, 'home'), currentDirectory: directory },
    explicit: configuration.explicit,
  };
}

const omitEmpty = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) =>
        value !== '' &&
        value !== false &&
        value !== undefined &&
        !(Array.isArray(value) && value.length === 0) &&
        !(typeof value === 'object' && value !== null && Object.keys(value).length === 0),
    ),
  );

/** Our selection in the form of `kubectl config view --minify --raw -o json`. */
function asKubectlShows({ context, cluster, user }: SelectedContext, flatten: boolean): Record<string, unknown> {
  const file = (name: string): string => (flatten ? '' : name);
  const data = (base64: string, name: string): string =>
    flatten && name !== '' ? readFileSync(name).toString('base64') : base64;
  return {
    clusters: [
      {
        name: cluster.name,
        cluster: {
          server: cluster.server,
          ...omitEmpty({
            'tls-server-name': cluster.tlsServerName,
            'insecure-skip-tls-verify': cluster.insecureSkipTlsVerify,
            'certificate-authority': file(cluster.certificateAuthority),
            'certificate-authority-data': data(cluster.certificateAuthorityData, cluster.certificateAuthority),
            'proxy-url': cluster.proxyUrl,
            'disable-compression': cluster.disableCompression,
            extensions:
              cluster.execConfig === null
                ? undefined
                : [{ name: 'client.authentication.k8s.io/exec', extension: cluster.execConfig }],
          }),
        },
      },
    ],
    users:
      user === undefined
        ? null
        : [
            {
              name: user.name,
              user: omitEmpty({
                'client-certificate': file(user.clientCertificate),
                'client-certificate-data': data(user.clientCertificateData, user.clientCertificate),
                'client-key': file(user.clientKey),
                'client-key-data': data(user.clientKeyData, user.clientKey),
                token: user.token,
                tokenFile: user.tokenFile,
                as: user.impersonate,
                'as-uid': user.impersonateUid,
                'as-groups': user.impersonateGroups,
                'as-user-extra': user.impersonateExtra,
                username: user.username,
                password: user.password,
                'auth-provider': user.authProvider,
                exec:
                  user.exec === undefined
                    ? undefined
                    : {
                        command: user.exec.command,
                        args: user.exec.args.length === 0 ? null : user.exec.args,
                        env: user.exec.env.length === 0 ? null : user.exec.env,
                        apiVersion: user.exec.apiVersion,
                        provideClusterInfo: user.exec.provideClusterInfo,
                        ...omitEmpty({
                          installHint: user.exec.installHint,
                          interactiveMode: user.exec.interactiveMode,
                        }),
                      },
              }),
            },
          ],
    contexts: [
      {
        name: context.name,
        context: {
          cluster: context.cluster,
          user: context.user,
          ...omitEmpty({ namespace: context.namespace }),
        },
      },
    ],
    'current-context': context.name,
  };
}

/** Whether kubectl accepts a configuration, seen from how a request ends, for nobody listens at the server's address. */
async function asked(
  configuration: Configuration,
  place: Place,
): Promise<'accepted' | 'refused' | 'localhost' | 'asks'> {
  const args = ['get', '--raw', '/version', '--request-timeout=10s'];
  if (configuration.explicit !== undefined) args.push('--kubeconfig', configuration.explicit);
  if (configuration.context !== undefined) args.push('--context', configuration.context);
  const { stdout, stderr } = await kubectl(args, place.environment, place.directory);
  if (stderr.includes('localhost:8080')) return 'localhost';
  if (stdout.includes('Please enter Username')) return 'asks';
  return stderr.includes('was refused') || stderr.includes('connection refused') || stderr.includes('no such host')
    ? 'accepted'
    : 'refused';
}

suite('as kubectl', { concurrency: 4 }, () => {
  for (const configuration of CONFIGURATIONS) {
    test(configuration.name, { skip }, async () => {
      const place = write(configuration);
      const merged = await loadKubeconfig(place.explicit, place.surroundings, signal);
      assert.deepEqual(structuredClone(merged), merged, 'plain data');
      const selection = selectContext(merged, configuration.context);

      const answer = await asked(configuration, place);
      const ours = selection.ok ? 'accepted' : 'refused';
      if (configuration.differs !== undefined)
        assert.deepEqual({ ours, kubectl: answer }, { ours: 'refused', kubectl: 'localhost' });
      else if (configuration.anonymous === true)
        assert.deepEqual({ ours, kubectl: answer }, { ours: 'accepted', kubectl: 'asks' });
      else if (configuration.wrongLater === true)
        assert.deepEqual({ ours, kubectl: answer }, { ours: 'accepted', kubectl: 'refused' });
      else
        assert.deepEqual(
          { ours, kubectl: answer },
          { ours: answer, kubectl: answer },
          selection.ok ? '' : selection.message,
        );

      const args = ['config', 'view', '--minify', '--raw', '-o', 'json'];
      if (configuration.flatten === true) args.push('--flatten');
      if (configuration.explicit !== undefined) args.push('--kubeconfig', configuration.explicit);
      if (configuration.context !== undefined) args.push('--context', configuration.context);
      const view = await kubectl(args, place.environment, place.directory);
      if (merged.problems.length > 0) {
        assert.notEqual(view.code, 0, `kubectl reads it, we say ${merged.problems.map(problemText).join()}`);
        const line = /line (\d+)/.exec(view.stderr)?.[1];
        if (line !== undefined)
          assert.ok((merged.problems[0]?.line ?? 0) > 0, 'a line is named where kubectl names one');
        return;
      }
      assert.doesNotMatch(view.stderr, /error loading config file/, 'kubectl does not even read it');
      if (!selection.ok || view.code !== 0) return;
      // `config view` leaves the paths of token files as they are; that ours lead to the same file, access.test.ts shows.
      const shown: unknown = JSON.parse(view.stdout, (key, value: unknown) =>
        key === 'tokenFile' && typeof value === 'string' ? path.resolve(place.directory, value) : value,
      );
      assert.ok(typeof shown === 'object' && shown !== null);
      const { kind, apiVersion, preferences, ...rest } = { kind: '', apiVersion: '', preferences: {}, ...shown };
      assert.deepEqual([kind, apiVersion, preferences], ['Config', 'v1', {}]);
      assert.deepEqual(asKubectlShows(selection.selected, configuration.flatten === true), rest);
    });
  }
});
