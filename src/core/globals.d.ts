// The globals that Node, the extension host and the browser share and that the ES library does not declare.
// Everywhere else the environment's own declarations take their place.

interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
}

declare class TextDecoder {
  decode(bytes: Uint8Array): string;
}

declare function atob(base64: string): string;
