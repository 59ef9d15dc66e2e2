import { formatUtc } from '../format';
import { useFormat } from '../hooks/useFormat';
import { useNow } from '../hooks/useNow';
import { useTranslation } from '../hooks/useTranslation';

/** How often ages are renewed, milliseconds. */
const RENEW_EVERY_MS = 20_000;

/** When something was: `3 h ago`, with local time and UTC under the pointer. */
export function RelativeTime({ at }: { at: string }) {
  const now = useNow(RENEW_EVERY_MS);
  const format = useFormat();
  const { t } = useTranslation();
  return (
    <time
      dateTime={at}
      title={`${format.absolute(at)}\n${formatUtc(t, at)}`}
      style={{ whiteSpace: 'nowrap' }}
    >
      {format.relative(at, now)}
    </time>
  );
}
