/** The texts of the chosen language: found by their keys, filled in, in the right number. */
import type en from '../locales/en.json';

type Leaves<Tree, Path extends string = ''> = {
  [Key in keyof Tree & string]: Tree[Key] extends string ? `${Path}${Key}` : Leaves<Tree[Key], `${Path}${Key}.`>;
}[keyof Tree & string];
type Singular<Key> = Key extends `${infer Base}_one` ? Base : Key;
type Plural<Key> = Key extends `${infer Base}_other` ? Base : Key;

/** The keys of texts; of those with a number (`chosen_one`, `chosen_other`) without the ending. */
export type TextKey = Singular<Plural<Leaves<typeof en>>>;

/** What a text is filled in with; `count` also chooses the number. */
export type TextValues = Readonly<Record<string, string | number>>;

/** A text by its key; the second argument fills it in, or stands in when there is no such text. */
export type Translate = (key: TextKey, filling?: TextValues | string) => string;

/** The texts of a language, as in its file. */
export interface TextTree {
  [key: string]: string | TextTree;
}

let texts: ReadonlyMap<string, string> = new Map();
let language = 'en';
let plurals = new Intl.PluralRules(language);
const listeners = new Set<() => void>();

function flatten(tree: TextTree, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, part]): [string, string][] =>
    typeof part === 'string' ? [[`${path}${key}`, part]] : flatten(part, `${path}${key}.`),
  );
}

/** Show these texts from now on. */
export function setTexts(next: string, tree: TextTree): void {
  texts = new Map(flatten(tree));
  language = next;
  plurals = new Intl.PluralRules(next);
  for (const listener of listeners) {
    listener();
  }
}

/** The language of the texts. */
export const shownLanguage = () => language;

/** Be told when the language changes. */
export function onTexts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A text of the chosen language. */
export const translate: Translate = (key, filling = {}) => {
  const values = typeof filling === 'string' ? {} : filling;
  const number = typeof values.count === 'number' ? `${key}_${plurals.select(values.count)}` : key;
  const text = texts.get(number) ?? texts.get(`${key}_other`) ?? texts.get(key);
  if (text === undefined) {
    return typeof filling === 'string' ? filling : key;
  }
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''));
};
