import { formatUtc } from '../format';
import { useFormat } from '../hooks/useFormat';
import { useNow } from '../hooks/useNow';
import { useTranslation } from '../hooks/useTranslation';

/** How often it is looked whether the day has changed, milliseconds. */
const RENEW_EVERY_MS = 60_000;

/** When something will be: `Mon 08:00`, with local time and UTC under the pointer. It is written out, and does not count down. */
export function Moment({ at }: { at: string }) {
  const now = useNow(RENEW_EVERY_MS);
  const format = useFormat();
  const { t } = useTranslation();
  return (
    <time
      dateTime={at}
      title={`${format.absolute(at)}\n${formatUtc(t, at)}`}
      style={{ whiteSpace: 'nowrap' }}
    >
      {format.moment(at, now)}
    </time>
  );
}
