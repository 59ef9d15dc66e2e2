import { memo } from 'react';
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
      width: '7ch',
      padding: '0 12px 0 4px',
      border: 0,
      background: 'transparent',
      color: QUIET,
      font: 'inherit',
      textAlign: 'right',
      cursor: 'pointer',
      userSelect: 'none',
      '&:hover': { textDecoration: 'underline' },
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
  onMark: (line: number) => void;
};

/** A line of the log: its number marks it, and with that puts it into the address. */
export const LogRow = memo(function LogRowUnlessUnchanged(props: LogRowProps) {
  const { line, query, isMarked, onMark } = props;
  const classes = useStyles();
  const { t } = useTranslation();
  const look = [
    classes.root,
    line.stream === 'stderr' && classes.stderr,
    line.stream === 'system' && classes.system,
    isMarked && classes.marked,
  ];
  return (
    <div className={look.filter(Boolean).join(' ')} data-line={line.line}>
      <button
        type="button"
        tabIndex={-1}
        className={`${classes.number} ${isMarked ? classes.markedNumber : ''}`}
        aria-label={t('log.markLine', { line: String(line.line) })}
        onClick={() => onMark(line.line)}
      >
        {line.line}
      </button>
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
