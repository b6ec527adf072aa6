import type { QueuePlace } from '../../protocol/topActivations';

/** The queue whose workers scan folders, as the user has set it. */
export interface ScanQueue {
  /** `undefined` where this machine scans by itself. */
  readonly place: () => Promise<QueuePlace | undefined>;
  /** As the user wrote it; empty for none. */
  readonly address: () => string;
  /** Keeps the password for the address as it is now; an empty one is forgotten. */
  readonly keepPassword: (password: string) => Promise<void>;
}

interface Parts {
  readonly address: () => string;
  /** `SecretStorage` of VS Code. */
  readonly secrets: {
    readonly get: (key: string) => PromiseLike<string | undefined>;
    readonly store: (key: string, value: string) => PromiseLike<void>;
    readonly delete: (key: string) => PromiseLike<void>;
  };
  /** Whether the workspace is trusted: no names of its files leave the machine before. */
  readonly isTrusted: () => boolean;
}

export function scanQueue({ address: written, secrets, isTrusted }: Parts): ScanQueue {
  const address = () => written().trim();
  return {
    address,
    place: async () => {
      if (!isTrusted() || address() === '') return undefined;
      const password = await secrets.get(secretOf(address()));
      return { address: address(), ...(password !== undefined && { password }) };
    },
    keepPassword: async (password) => {
      if (password === '') await secrets.delete(secretOf(address()));
      else await secrets.store(secretOf(address()), password);
    },
  };
}

/** One for each address: whoever changes the address sends no server the password of another. */
function secretOf(address: string): string {
  return `queuePassword ${address}`;
}
