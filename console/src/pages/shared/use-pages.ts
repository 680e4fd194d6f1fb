/** A list that grows a page at a time, below what is already there. */
import { useInfiniteQuery } from '@tanstack/react-query';
import type { Answer, AnyInput, Call, ItemOf, ListPath } from '@tenantry/sdk';
import { useTenant } from '../../app/tenant';

/** The read and what it has found so far. A page may be empty and still lead on. */
export function usePages<P extends ListPath>(
  path: P,
  input: Pick<AnyInput, 'path' | 'query'> = {},
  options: { limit?: number; isEnabled?: boolean } = {},
) {
  const { slug, client } = useTenant();
  const { limit = 20, isEnabled = true } = options;
  const pageCall = (cursor: string): Call<ItemOf<P>[]> => {
    const query = { ...input.query, limit, ...(cursor && { cursor }) };
    return { method: 'get', path, input: { ...input, query } };
  };
  const read = useInfiniteQuery({
    queryKey: [slug, path, input, 'pages', limit],
    queryFn: ({ pageParam, signal }): Promise<Answer<ItemOf<P>[]>> => client.send(pageCall(pageParam), signal),
    initialPageParam: '',
    getNextPageParam: ({ meta }) => meta?.next_cursor ?? undefined,
    enabled: isEnabled,
  });
  const items = read.data?.pages.flatMap(({ data }) => data);
  const more = read.hasNextPage ? () => void read.fetchNextPage() : undefined;
  return { read, items, more, call: pageCall('') };
}
