/** What every component test stands on: English texts, and the parts of a browser that jsdom leaves out. */
import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterEach, beforeAll } from 'vitest';
import { setTexts } from '../src/app/texts';
import en from '../src/locales/en.json';

// A busy machine is no reason to fail.
configure({ asyncUtilTimeout: 10_000 });

beforeAll(() => setTexts('en', en));

afterEach(() => {
  cleanup();
  localStorage.clear();
});

HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
  this.open = false;
};
Element.prototype.scrollIntoView ??= () => undefined;
