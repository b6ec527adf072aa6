import { lowerProgram } from '../../core/source/lower/lowerProgram';
import { mendPython } from '../../core/source/mendPython';
import type { Program } from '../../core/source/program';
import type { Grammar, Parse, Tree } from './grammars';

/** `x = nn.` and `x =` take the next line for their end, which the parser finds no error in. */
const brokenUnseen = /[\w\])][ \t]*=[ \t]*(?:[A-Za-z_][\w.]*\.)?[ \t]*\r?$/m;

/** Lowers a text with its tree. Python with errors in it is parsed once more as it may have been meant. */
export function lowerText(
  text: string,
  { tree, parse, grammar }: { readonly tree: Tree; readonly parse: Parse; readonly grammar: Grammar },
  before?: Program,
): Program {
  const language = grammar === 'python' ? 'python' : 'javascript';
  const broken = tree.rootNode.hasError || brokenUnseen.test(text);
  const mended = language === 'python' && broken ? parse(mendPython(text)) : null;
  const program = lowerProgram((mended ?? tree).rootNode, language, before);
  mended?.delete();
  return program;
}
