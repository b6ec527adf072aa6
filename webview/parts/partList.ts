import { isInside, squareAround, toCrop } from '../../src/core/imaging/cropView';
import { element, setText, type Component } from '../shared/element';
import { button, textField } from '../shared/toolkit';
import { offeredParts, placesIn, sizeOf } from './annotation';
import type { AnnotationSession } from './session';
import type { AnnotationState } from './state';
import { strings } from './strings';

/** The parts with their places in the shown picture: the one to place is chosen here, and parts are named. */
export function createPartList(session: AnnotationSession): Component<AnnotationState> {
  const { list: words } = strings;
  const rows = element('ul', { class: 'part-list', 'aria-label': words.group, 'data-testid': 'parts' });
  const notice = element('p', { class: 'notice', role: 'status', 'data-testid': 'notice' });
  const submit = () => {
    session.add(field.value.trim());
    if (session.get().notice === '') field.value = '';
  };
  const field = textField({ label: words.name, placeholder: words.placeholder, onSubmit: submit, testId: 'new-part' }); // prettier-ignore
  field.setAttribute('size', '14');
  let shown = '';
  /** The part whose name is being changed. */
  let renaming: string | null = null;
  let state: AnnotationState | undefined;
  const draw = () => {
    if (!state) return;
    const focused = (document.activeElement as HTMLElement | null)?.dataset['focus'];
    rows.replaceChildren(...offeredParts(state.parts, state.added).map((part) => rowOf(part, state!)));
    if (focused !== undefined) rows.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focused)}"]`)?.focus(); // prettier-ignore
  };
  const rename = (part: string | null) => {
    renaming = part;
    draw();
    rows.querySelector<HTMLElement>('.text-input')?.focus();
  };
  const rowOf = (part: string, { selected, ...rest }: AnnotationState): HTMLElement => {
    const choose = element('button', { type: 'button', class: 'plain-button part-choice', 'aria-pressed': String(part === selected), 'aria-label': words.choose(part), 'data-focus': `choose ${part}` }, part); // prettier-ignore
    choose.addEventListener('click', () => session.select(part));
    const { text, isMarked } = placeText(part, rest);
    return element(
      'li',
      { class: 'part-row', 'data-part': part, 'data-selected': part === selected },
      renaming === part ? renameField(part, session, () => rename(null)) : choose,
      element('span', { class: 'muted part-place' }, text),
      glyph('⌫', words.clear(part), { part, enabled: isMarked, act: () => session.clear(part) }),
      glyph('✎', words.rename(part), { part, enabled: true, act: () => rename(part) }),
      glyph('×', words.remove(part), { part, enabled: true, act: () => session.remove(part) }),
    );
  };
  return {
    element: element(
      'section',
      { class: 'part-panel', 'aria-label': words.group },
      rows,
      element('div', { class: 'setting' }, field, button({ text: words.add, onClick: submit, testId: 'add-part' })), // prettier-ignore
      notice,
    ),
    update: (next) => {
      state = next;
      setText(notice, next.notice);
      const { parts, added, selected, subject, viewed } = next;
      const places = subject ? [...placesIn(parts, subject.image)] : [];
      const key = JSON.stringify([offeredParts(parts, added), places, selected, parts.size, viewed?.view]);
      if (key === shown) return;
      shown = key;
      draw();
    },
  };
}

function renameField(part: string, session: AnnotationSession, end: () => void): HTMLElement {
  const field = element('input', { type: 'text', class: 'text-input part-choice', value: part, 'aria-label': strings.list.renamed(part) }); // prettier-ignore
  field.addEventListener('keydown', ({ key }) => {
    if (key !== 'Enter' && key !== 'Escape') return;
    const name = field.value.trim();
    end();
    if (key === 'Enter' && name !== part) session.rename(part, name);
  });
  return field;
}

interface GlyphOptions {
  readonly part: string;
  readonly enabled: boolean;
  readonly act: () => void;
}

/** A small button that shows one sign. */
function glyph(sign: string, label: string, { part, enabled, act }: GlyphOptions): HTMLElement {
  const created = element('button', { type: 'button', class: 'plain-button glyph', 'aria-label': label, title: label, disabled: !enabled, 'data-focus': `${sign} ${part}` }, sign); // prettier-ignore
  created.addEventListener('click', act);
  return created;
}

/** Where a part is, in pixels of what the network sees. */
function placeText(
  part: string,
  { subject, parts, viewed }: Pick<AnnotationState, 'subject' | 'parts' | 'viewed'>,
): { readonly text: string; readonly isMarked: boolean } {
  const place = subject ? placesIn(parts, subject.image).get(part) : undefined;
  if (!place) return { text: strings.list.unmarked, isMarked: false };
  if (!viewed) return { text: '', isMarked: true };
  const [x, y] = toCrop(viewed.view, place);
  const inside = isInside(squareAround([x, y], sizeOf(parts)), viewed.picture);
  const at = strings.list.at(Math.floor(x), Math.floor(y));
  return { text: inside ? at : `${at} (${strings.list.outside})`, isMarked: true };
}
