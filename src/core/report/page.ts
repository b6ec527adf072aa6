import { html, trustedHtml, type Html } from './html';

const STYLE = `
:root { color-scheme: light dark; --text: #1f1f1f; --faint: #616161; --line: #d4d4d4; --back: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --text: #d4d4d4; --faint: #9d9d9d; --line: #3c3c3c; --back: #1e1e1e; } }
body { font: 14px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 2rem 0 0; border-top: 1px solid var(--line); padding-top: 1rem; }
p, figcaption, th { color: var(--faint); }
table { border-collapse: collapse; } td, th { text-align: left; padding: 0 1rem 0 0; font-weight: normal; vertical-align: top; }
caption { text-align: left; }
.units { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; } figure div { display: flex; gap: 2px; }
img { image-rendering: pixelated; display: block; }
.units img { height: 7rem; } .maps img { height: 16rem; } .maps figcaption { max-width: 20rem; }
`;

/** A report as one HTML file that loads nothing: pictures are data URIs, text is escaped, scripts are forbidden. */
export function reportPage(title: string, body: readonly Html[]): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${trustedHtml(STYLE)}
        </style>
      </head>
      <body>
        <h1>${title}</h1>
        ${body}
      </body>
    </html> `;
  return page.html;
}
