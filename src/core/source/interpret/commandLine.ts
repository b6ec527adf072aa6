import { isKind, listOf, unknown, type Arguments, type DictionaryValue, type Value } from './values';

type ParserMethod = (self: DictionaryValue, given: Arguments) => Value;

const itself: ParserMethod = (self) => self;

/**
 * What parsers of Python's `argparse` do. A parser is a dictionary of the defaults of its options; groups and commands share it, and what it parses
 * is itself.
 */
export const onParsers: Readonly<Record<string, ParserMethod>> = {
  add_argument: (self, given) => {
    const name = destinationOf(given);
    if (name !== undefined) self.entries.set(name, defaultOf(given));
    return unknown;
  },
  set_defaults: (self, { named }) => {
    named.forEach((value, name) => self.entries.set(name, value));
    return null;
  },
  add_argument_group: itself,
  add_mutually_exclusive_group: itself,
  add_subparsers: itself,
  add_parser: itself,
  parse_args: itself,
  parse_known_args: (self) => listOf([self, listOf([])]),
};

/** The first long option names it, else the first of all. */
function destinationOf({ positional, named }: Arguments): string | undefined {
  const told = named.get('dest');
  if (typeof told === 'string') return told;
  const flags = positional.filter((flag) => typeof flag === 'string');
  const flag = flags.find((each) => each.startsWith('--')) ?? flags[0];
  return flag?.replace(/^-+/, '').replaceAll('-', '_');
}

function defaultOf({ named }: Arguments): Value {
  const told = named.get('default');
  if (told !== undefined) return told;
  const action = named.get('action');
  if (action === 'store_true' || action === 'store_false') return action === 'store_false';
  return named.get('required') === true || isKind(action, 'unknown') ? unknown : null;
}
