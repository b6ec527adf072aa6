import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Language, Parser, type Tree } from '@vscode/tree-sitter-wasm';

export type Grammar = 'python' | 'javascript' | 'typescript';

/** Parses a text; with the tree of the text before, edited to fit, only what changed is parsed again. */
export type Parse = (text: string, before?: Tree | null) => Tree | null;

export type { Tree };

/** Loads tree-sitter and its grammars from `folder`, each when it is first asked for. */
export function openGrammars(folder: string): (grammar: Grammar) => Promise<Parse> {
  let runtime: Promise<void> | undefined;
  const parsers = new Map<Grammar, Promise<Parse>>();
  async function load(grammar: Grammar): Promise<Parse> {
    runtime ??= Parser.init({ locateFile: (file) => path.join(folder, file) });
    await runtime;
    const parser = new Parser();
    parser.setLanguage(await Language.load(await readFile(path.join(folder, `tree-sitter-${grammar}.wasm`))));
    return (text, before = null) => {
      parser.reset();
      return parser.parse(text, before);
    };
  }
  return (grammar) => {
    const parser = parsers.get(grammar) ?? load(grammar);
    parsers.set(grammar, parser);
    return parser;
  };
}
