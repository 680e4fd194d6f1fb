/** Every item of a list, one page in memory at a time. */
import type { AnyInput, Call } from './call';
import type { Answer } from './types';

/** Whatever sends calls. */
export interface Sender {
  send<Data>(target: Call<Data>, signal?: AbortSignal): Promise<Answer<Data>>;
}

/** Walk a list from `input.query.cursor` (or its beginning) to its end. */
export async function* paginate<Item>(sender: Sender, path: string, input: AnyInput): AsyncGenerator<Item, void, void> {
  let cursor = input.query?.cursor;
  do {
    const query = { limit: 100, ...input.query, cursor };
    const page: Answer<Item[]> = await sender.send<Item[]>({ method: 'get', path, input: { ...input, query } });
    yield* page.data;
    cursor = page.meta?.next_cursor ?? undefined;
  } while (cursor);
}
