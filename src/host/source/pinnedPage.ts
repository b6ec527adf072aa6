import path from 'node:path';
import * as vscode from 'vscode';
import { html, trustedHtml } from '../../core/report/html';
import { dataUri, type LayerCard } from './layerCard';
import { layerLink } from './layerLink';

/** Small pictures are shown larger, pixel for pixel. */
const comfortable = 320;

const style = `
body { padding: 0 1.5rem 1.5rem; }
h1 { font-size: 1.3em; font-weight: 600; }
article { border-top: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder)); padding: 0.5rem 0; }
h2 { font-size: 1.1em; font-weight: 600; margin: 0.5rem 0; }
p { margin: 0.4rem 0; overflow-wrap: anywhere; }
.faint, figcaption { color: var(--vscode-descriptionForeground); }
figcaption { margin-top: 0.3rem; }
.mismatch { color: var(--vscode-editorWarning-foreground); }
figure { margin: 0.75rem 0; }
img { image-rendering: pixelated; max-width: 100%; height: auto; display: block; }
a:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: 2px; }
`;

/** The page of pinned previews: no scripts, nothing is loaded, all text is escaped. */
export function pinnedPage(
  cards: readonly LayerCard[],
  { nonce, language }: { readonly nonce: string; readonly language: string },
): string {
  const policy = `default-src 'none'; img-src data:; style-src 'nonce-${nonce}'`;
  const title = vscode.l10n.t('Pinned Layers');
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style nonce="${nonce}">
          ${trustedHtml(style)}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${cards.map(article)}
        </main>
      </body>
    </html> `.html;
}

function article({ layer, model, explanation, picture, figures, mismatches }: LayerCard) {
  return html`<article>
    <h2>${layer}</h2>
    <p class="faint">${path.basename(model)} · ${explanation}</p>
    ${picture ? [figure(picture)] : []} ${figures.map((line) => html`<p>${line}</p>`)}
    ${mismatches.map((line) => html`<p class="mismatch">⚠ ${line}</p>`)}
    <p>
      <a href="${layerLink('switchback.showLayer', model, layer)}">${vscode.l10n.t('Open in Panel')}</a>
    </p>
  </article>`;
}

function figure(picture: NonNullable<LayerCard['picture']>) {
  const zoom = Math.max(1, Math.floor(comfortable / picture.width));
  return html`<figure>
    <img src="${dataUri(picture)}" alt="${picture.caption}" width="${picture.width * zoom}" />
    <figcaption>${picture.caption}</figcaption>
  </figure>`;
}
