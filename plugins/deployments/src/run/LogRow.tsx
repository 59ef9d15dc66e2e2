import { memo, MouseEvent } from 'react';
import { makeStyles } from '@material-ui/core/styles';
import { LogLine } from '@slipway/plugin-deployments-common';
import { useTranslation } from '../hooks/useTranslation';
import { cutAtMatches } from './searchLog';
import { HOVER, QUIET, TONES } from '../shared/tones';

const useStyles = makeStyles(
  {
    root: {
      display: 'flex',
      minHeight: 20,
      paddingRight: 12,
      fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
      fontSize: 12,
      lineHeight: '20px',
      borderLeft: '3px solid transparent',
      '&:hover': { background: HOVER },
    },
    marked: {
      background: TONES.info.background,
      color: TONES.info.color,
      borderLeftColor: TONES.info.borderColor,
    },
    stderr: { borderLeftColor: TONES.warning.borderColor },
    system: { color: QUIET },
    number: {
      flex: 'none',
      alignSelf: 'flex-start',
      boxSizing: 'border-box',
      minWidth: '7ch',
      padding: '0 12px 0 4px',
      color: QUIET,
      textAlign: 'right',
      cursor: 'pointer',
      userSelect: 'none',
      textDecoration: 'none',
      '&:hover': { textDecoration: 'underline' },
      '&:focus-visible': {
        color: 'var(--bui-fg-primary)',
        outline: '2px solid var(--bui-ring)',
        outlineOffset: -2,
      },
    },
    markedNumber: { color: 'inherit' },
    text: {
      flex: 1,
      minWidth: 0,
      whiteSpace: 'pre-wrap',
      overflowWrap: 'anywhere',
    },
    match: {
      padding: 0,
      color: TONES.warning.color,
      background: TONES.warning.background,
      outline: `1px solid ${TONES.warning.borderColor}`,
    },
  },
  { name: 'SlipwayLogRow' },
);

type LogRowProps = {
  line: LogLine;
  query: string;
  isMarked: boolean;
  /** Whether its number is the one that Tab goes to. */
  isReachable: boolean;
  /** Address of this screen with the line marked. */
  href: string;
  onMark: (line: number) => void;
};

/** A line of the log: its number is a link to it, which marks it and puts it into the address. */
export const LogRow = memo(function LogRowUnlessUnchanged(props: LogRowProps) {
  const { line, query, isMarked, isReachable, href, onMark } = props;
  const classes = useStyles();
  const { t } = useTranslation();
  const look = [
    classes.root,
    line.stream === 'stderr' && classes.stderr,
    line.stream === 'system' && classes.system,
    isMarked && classes.marked,
  ];
  const mark = (event: MouseEvent) => {
    // With a modifier it is a link like any other: to open it elsewhere.
    if (!event.metaKey && !event.ctrlKey && !event.shiftKey) {
      event.preventDefault();
      onMark(line.line);
    }
  };
  return (
    <div className={look.filter(Boolean).join(' ')} data-line={line.line}>
      <a
        href={href}
        tabIndex={isReachable ? 0 : -1}
        className={`${classes.number} ${isMarked ? classes.markedNumber : ''}`}
        aria-label={t('log.markLine', { line: String(line.line) })}
        aria-current={isMarked ? 'location' : undefined}
        onClick={mark}
      >
        {line.line}
      </a>
      <span className={classes.text}>
        {cutAtMatches(line.text, query).map((piece, index) =>
          index % 2 === 1 ? (
            <mark key={`${index}`} className={classes.match}>
              {piece}
            </mark>
          ) : (
            piece
          ),
        )}
      </span>
    </div>
  );
});
