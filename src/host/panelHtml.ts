export interface PanelPage {
  readonly title: string;
  /** Of the editor's interface, for screen readers: `en`, `pt-br`. */
  readonly language: string;
  /** What the webview calls its own origin in a content security policy. */
  readonly cspSource: string;
  /** Fresh for every page. */
  readonly nonce: string;
  /** As the webview loads them. */
  readonly script: string;
  readonly stylesheet: string;
}

/**
 * The page a panel starts from. It holds no data: the view asks for everything. Only the one script runs, nothing
 * is loaded from elsewhere. The toolkit looks for the nonce in a `meta` element, for the one style it adds.
 */
export function panelHtml(page: PanelPage): string {
  const source = escapeAttribute(page.cspSource);
  const nonce = escapeAttribute(page.nonce);
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${source} 'nonce-${nonce}'`,
    `font-src ${source}`,
    `img-src ${source} data: blob:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeAttribute(page.language)}">
  <head>
    <meta charset="UTF-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta property="csp-nonce" content="${nonce}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="${escapeAttribute(page.stylesheet)}">
    <title>${escapeAttribute(page.title)}</title>
  </head>
  <body>
    <script nonce="${nonce}" src="${escapeAttribute(page.script)}"></script>
  </body>
</html>
`;
}

function escapeAttribute(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
