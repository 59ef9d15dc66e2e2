import { useEffect, useState } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import { RiCheckLine, RiFileCopyLine } from '@remixicon/react';
import { shortenHash } from '../format';
import { useAnnounce } from '../hooks/useAnnounce';
import { useTranslation } from '../hooks/useTranslation';
import { HOVER, QUIET } from './tones';

const useStyles = makeStyles(
  {
    root: {
      display: 'inline-flex',
      alignItems: 'center',
      gap: 4,
      minHeight: 24,
      padding: '0 6px',
      border: 0,
      borderRadius: 'var(--bui-radius-2)',
      background: 'transparent',
      color: QUIET,
      fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
      fontSize: 'var(--bui-font-size-2)',
      cursor: 'pointer',
      whiteSpace: 'nowrap',
      '&:hover': {
        background: HOVER,
        color: 'var(--bui-fg-primary)',
      },
      '&:focus-visible': {
        outline: '2px solid var(--bui-ring)',
        outlineOffset: 1,
      },
    },
  },
  { name: 'SlipwayCopyHash' },
);

/** How long the tick stays, milliseconds. */
const COPIED_FOR_MS = 2_000;

/** A hash, short and small; pressing it copies the whole of it. */
export function CopyHash(props: {
  /** What it is the hash of, for the button's name. */
  label: string;
  hash: string;
}) {
  const { label, hash } = props;
  const classes = useStyles();
  const announce = useAnnounce();
  const { t } = useTranslation();
  const [isCopied, setCopied] = useState(false);

  useEffect(() => {
    const timer = setTimeout(() => setCopied(false), COPIED_FOR_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);

  const copy = async () => {
    await navigator.clipboard.writeText(hash);
    setCopied(true);
    announce(t('copy.done', { label }));
  };
  const Icon = isCopied ? RiCheckLine : RiFileCopyLine;
  return (
    <button
      type="button"
      className={classes.root}
      onClick={copy}
      title={hash}
      aria-label={t('copy.label', { label, hash: shortenHash(hash) })}
    >
      {shortenHash(hash)}
      <Icon size={12} aria-hidden />
    </button>
  );
}
