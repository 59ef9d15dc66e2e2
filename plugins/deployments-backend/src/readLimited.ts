import { UrlReaderServiceReadUrlResponse } from '@backstage/backend-plugin-api';

/** The text of what a URL reader read; undefined where it has more bytes than told. */
export async function readLimited(
  response: UrlReaderServiceReadUrlResponse,
  maxBytes: number,
): Promise<string | undefined> {
  if (!response.stream) {
    const whole = await response.buffer();
    return whole.length > maxBytes ? undefined : whole.toString('utf8');
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.stream()) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBytes) {
      return undefined;
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
