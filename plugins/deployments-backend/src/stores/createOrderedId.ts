import { v7 } from 'uuid';

/**
 * A UUID (RFC 9562, version 7) that sorts after those that this process made before it, also within a millisecond: rows that have the
 * same time stand in the order in which they came.
 */
export function createOrderedId(): string {
  return v7();
}
