// The linter's rules: the strictest type-checked set, and the house's import rule (docs/architecture.md).
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** What each folder may import, as in docs/architecture.md. A test (test/architecture.test.ts) walks the real imports too. */
const forbidden = (files, patterns, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: patterns.map((regex) => ({ regex, message })) }] },
});
const NODE = '^node:|^(fs|path|os|child_process|https?|net|tls|crypto|stream|worker_threads)$';

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      '.cache/**',
      'node_modules/**',
      'test/host/node_modules/**',
      'test/host/stubs/**',
      'test-results/**',
      '.vscode-test/**',
      'src/kube/protobuf/generated.*',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        URL: 'readonly',
        fetch: 'readonly',
        Buffer: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        performance: 'readonly',
        AbortSignal: 'readonly',
        AbortController: 'readonly',
      },
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { project: ['tsconfig.json', 'webview/tsconfig.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  // node:test returns promises from test() that nobody awaits, by design.
  {
    files: ['test/**/*.ts'],
    rules: {
      // strict assertions narrow what they were given, which makes the next, equal access look needless.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'describe', 'it', 'suite', 'before', 'after'] },
          ],
        },
      ],
    },
  },
  { files: ['scripts/**', 'src/cli/**', 'test/**', '**/*.mjs'], rules: { 'no-console': 'off' } },
  forbidden(
    ['src/core/**/*.ts'],
    [NODE, '^vscode$', '@kubernetes', '/(kube|editor|cli)/', 'protocol'],
    'core is pure: it imports only core.',
  ),
  forbidden(
    ['src/core/ip/**/*.ts'],
    [NODE, '^vscode$', '@kubernetes', '/(kube|editor|cli|network|cni|checks|policy|reach|manifests|map)/'],
    'core/ip imports nothing above it.',
  ),
  forbidden(
    ['src/core/network/**/*.ts'],
    [NODE, '^vscode$', '@kubernetes', '/(kube|editor|cli|cni|checks|policy|reach|manifests|map)/'],
    'core/network imports only core/ip.',
  ),
  forbidden(
    ['src/core/{cni,policy}/**/*.ts'],
    [NODE, '^vscode$', '@kubernetes', '/(kube|editor|cli|checks|reach|manifests|map)/'],
    'core/cni and core/policy import only core/ip and core/network.',
  ),
  forbidden(['src/{kube,cli}/**/*.ts'], ['^vscode$', '/(editor|webview)/'], 'kube and cli know no editor.'),
  forbidden(['src/kube/**/*.ts'], ['^vscode$', '/(editor|cli|webview)/'], 'kube imports core and protocol.'),
  forbidden(
    ['src/editor/**/*.ts'],
    ['/webview/', '@kubernetes', '/cli/'],
    'editor imports neither the webview, nor the command line, nor the Kubernetes client.',
  ),
  forbidden(
    ['webview/**/*.ts'],
    [NODE, '^vscode$', '@kubernetes', '/(kube|editor|cli)/'],
    'the webview imports core and protocol.',
  ),
);
