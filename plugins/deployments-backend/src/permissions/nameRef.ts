/** Whom a reference names, as people write them: `shop-team` for `group:default/shop-team`. What is no reference stays as it is. */
export function nameRef(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}
