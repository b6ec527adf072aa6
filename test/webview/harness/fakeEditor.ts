import type { Transport } from '../../../src/protocol/contract';
import type { HarnessControl } from './scenario';
import { themes } from './themes';

/** Plays VS Code for a view in a bare browser: its API, its theme, and a channel to a host. Runs before the view's script. */

/** What the view asked for. */
export const calls: HarnessControl['calls'] = [];

/** What the page's policy forbade. */
export const violations: string[] = [];

const listeners: ((message: unknown) => void)[] = [
  (message) => {
    const { kind, method, params } = message as { kind: string; method: string; params: unknown };
    if (kind === 'request') calls.push({ method, params });
  },
];

document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  violations.push(`${violatedDirective} ${blockedURI}`),
);

/** VS Code passes messages on as JSON beside typed arrays: a `Map` or `undefined` does not arrive. */
function asVsCodePasses(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(asVsCodePasses);
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return Object.fromEntries(entries.map(([key, entry]) => [key, asVsCodePasses(entry)]));
}

export const transport: Transport = {
  send: (message) => window.postMessage(asVsCodePasses(message), '*'),
  onMessage: (listener) => void listeners.push(listener),
  onClose: () => undefined,
};

const STATE = 'harness-state';

Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (message: unknown) => {
      const copy = structuredClone(asVsCodePasses(message));
      setTimeout(() => listeners.forEach((listener) => listener(copy)));
    },
    getState: () => JSON.parse(sessionStorage.getItem(STATE) ?? 'null') as unknown,
    setState: (state: unknown) => sessionStorage.setItem(STATE, JSON.stringify(state)),
  }),
});

const { bodyClass, variables } = themes[window.scenario.theme];
for (const [name, value] of Object.entries(variables)) {
  document.documentElement.style.setProperty(`--vscode-${name}`, value);
}
document.body.className = bodyClass;
document.body.dataset.vscodeThemeKind = bodyClass;
