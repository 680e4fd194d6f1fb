/** What ids tell. */

/** When a UUIDv7 was made, in milliseconds since 1970. */
export function timeOf(id: string): number {
  return Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
}
