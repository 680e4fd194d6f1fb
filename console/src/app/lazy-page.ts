/**
 * Pages in chunks of their own. A chunk that could not be loaded (the network is cut) is an error like any other, with a way to
 * try again; the page is never reloaded behind the reader's back.
 */
import { type ComponentType, createElement, use } from 'react';

type Load = () => Promise<object>;

const retries = new Set<() => void>();

/** Forget failed loads, so that the next rendering tries again. */
export function retryPages(): void {
  for (const retry of retries) {
    retry();
  }
  retries.clear();
}

/** A page that is loaded when it is shown, or before (`preload`). `name` is what its module exports. */
export function lazyPage(load: Load, name: string) {
  let loading: Promise<ComponentType> | undefined;
  const preload = (): Promise<ComponentType> => {
    loading ??= load().then((module) => (module as Record<string, ComponentType>)[name] as ComponentType);
    loading.catch(() => {
      retries.add(() => {
        loading = undefined;
      });
    });
    return loading;
  };
  const LazyPage = () => createElement(use(preload()));
  return Object.assign(LazyPage, {
    preload: () =>
      preload().then(
        () => undefined,
        () => undefined,
      ),
  });
}
