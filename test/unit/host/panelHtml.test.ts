import { describe, expect, it } from 'vitest';
import { panelHtml } from '../../../src/host/panelHtml';

const page = {
  title: 'Layers: cat.png',
  language: 'en',
  cspSource: 'https://*.vscode-cdn.net',
  nonce: 'abc123',
  script: 'https://host/layers.js',
  stylesheet: 'https://host/layers.css',
};

function policyOf(html: string): ReadonlyMap<string, string> {
  const content = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
  return new Map(
    content.split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources.join(' ')];
    }),
  );
}

describe('panelHtml', () => {
  it('allows nothing but its own script, styles, fonts and pictures', () => {
    expect(Object.fromEntries(policyOf(panelHtml(page)))).toEqual({
      'default-src': "'none'",
      'script-src': "'nonce-abc123'",
      'style-src': "https://*.vscode-cdn.net 'nonce-abc123'",
      'font-src': 'https://*.vscode-cdn.net',
      'img-src': 'https://*.vscode-cdn.net data: blob:',
    });
  });

  it('has exactly one script, with the nonce and without code in the page', () => {
    const scripts = [...panelHtml(page).matchAll(/<script([^>]*)>([^<]*)<\/script>/g)];
    expect(scripts).toHaveLength(1);
    expect(scripts[0]?.[1]).toContain('nonce="abc123"');
    expect(scripts[0]?.[1]).toContain('src="https://host/layers.js"');
    expect(scripts[0]?.[2]).toBe('');
  });

  it('tells the toolkit the nonce for the style it adds', () => {
    expect(panelHtml(page)).toContain('<meta property="csp-nonce" content="abc123">');
  });

  it('holds no style and no handler in the page', () => {
    expect(panelHtml(page)).not.toMatch(/<style|style=|\son\w+=/);
  });

  it('escapes what comes from file names', () => {
    const html = panelHtml({
      ...page,
      title: `</title><script>alert('1')</script>&"`,
      script: 'x" onload="y',
    });
    expect(html).toContain('&lt;/title&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;');
    expect(html).toContain('src="x&quot; onload=&quot;y"');
    expect(html.match(/<script/g)).toHaveLength(1);
  });
});
