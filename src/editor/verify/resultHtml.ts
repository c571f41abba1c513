/**
 * The HTML document of a verification's result: a frame without data. Everything that comes from a cluster is sent by message
 * after `ready`, so nothing here has to be escaped.
 */
import type { WebviewDocument } from '../webviewDocument.js';

/** Its policy allows our script by nonce and our style sheet, and nothing else. */
export function resultHtml({ cspSource, nonce, scriptUri, styleUri, language }: WebviewDocument): string {
  const policy = `default-src 'none'; style-src ${cspSource}; font-src ${cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="${language}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${styleUri}" />
    <title>Network Model</title>
  </head>
  <body>
    <p id="notice" hidden></p>
    <main id="result" hidden>
      <header>
        <h1><span id="mark" aria-hidden="true"></span><span id="headline"></span></h1>
        <p id="facts"></p>
        <div id="actions">
          <button type="button" id="again">Verify Again</button>
          <button type="button" id="plan" class="secondary">Show Plan</button>
          <button type="button" id="save" class="secondary">Save as JSON…</button>
          <label id="history" hidden>Result of <select id="kept"></select></label>
        </div>
        <p id="warning" role="status" hidden></p>
      </header>
      <section id="changes" aria-labelledby="changes-title" hidden>
        <h2 id="changes-title">Changed</h2>
        <ul id="changes-list"></ul>
      </section>
      <section id="culprits" aria-labelledby="culprits-title" hidden>
        <h2 id="culprits-title">Culprits</h2>
        <ul id="culprit-list"></ul>
      </section>
      <section aria-labelledby="promises-title">
        <h2 id="promises-title">Promises</h2>
        <ul id="promise-list"></ul>
      </section>
      <section id="matrix" aria-labelledby="matrix-title" hidden>
        <h2 id="matrix-title">Node by Node</h2>
        <p>
          <label>Show <select id="layer"></select></label>
          <span id="counts"></span>
        </p>
        <div id="matrix-area">
          <table id="matrix-table" role="grid" aria-describedby="matrix-help"></table>
          <div id="path" role="region" aria-live="polite" aria-label="Measurements of the selected path"></div>
        </div>
        <p id="matrix-help">Rows try columns. Arrow keys move, Enter or a click shows what was measured.</p>
        <ul id="legend"></ul>
        <p id="left-out"></p>
      </section>
      <section id="failures" aria-labelledby="failures-title" hidden>
        <h2 id="failures-title">Measurements That Failed</h2>
        <details id="failure-details">
          <summary id="failure-summary"></summary>
          <ul id="failure-list"></ul>
          <p id="more-failures"></p>
        </details>
      </section>
      <section id="notes" aria-labelledby="notes-title" hidden>
        <h2 id="notes-title">To Be Known</h2>
        <ul id="note-list"></ul>
      </section>
    </main>
    <script nonce="${nonce}" src="${scriptUri}"></script>
  </body>
</html>
`;
}
