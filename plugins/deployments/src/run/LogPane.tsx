import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useHref } from 'react-router-dom';
import { makeStyles } from '@material-ui/core/styles';
import { Button } from '@backstage/ui';
import { RiArrowDownLine } from '@remixicon/react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { LogLine } from '@slipway/plugin-deployments-common';
import { useTranslation } from '../hooks/useTranslation';
import { LogRow } from './LogRow';
import { useLineFocus } from './useLineFocus';
import { useScrollToLine } from './useScrollToLine';
import { ScrollRegion } from '../shared/ScrollRegion';
import { QUIET } from '../shared/tones';

/** Height of a line that does not wrap, pixels. */
const ROW_HEIGHT = 20;
/** So far from the end one still counts as being there, pixels. */
const END_ZONE = 24;

const useStyles = makeStyles(
  {
    frame: { position: 'relative' },
    pane: {
      height: 'clamp(280px, calc(100vh - 420px), 720px)',
      overflowY: 'auto',
      overflowX: 'hidden',
      overscrollBehavior: 'contain',
      background: 'var(--bui-bg-app)',
      '&:focus-visible': {
        outline: '2px solid var(--bui-ring)',
        outlineOffset: -2,
      },
    },
    inner: { position: 'relative', width: '100%' },
    row: { position: 'absolute', left: 0, top: 0, width: '100%' },
    empty: {
      padding: 16,
      margin: 0,
      color: QUIET,
    },
    resume: {
      position: 'absolute',
      bottom: 12,
      left: '50%',
      transform: 'translateX(-50%)',
    },
  },
  { name: 'SlipwayLogPane' },
);

/**
 * The log, of which only what is in sight is drawn. While following it keeps to the end; scrolling
 * up stops that, and what comes in then is counted and does not move what is being read.
 */
export function LogPane(props: {
  lines: readonly LogLine[];
  isComplete: boolean;
  query: string;
  markedLine: number | null;
  onMark: (line: number) => void;
  isFollowing: boolean;
  onFollow: (on: boolean) => void;
}) {
  const { lines, isComplete, markedLine, isFollowing, onFollow } = props;
  const classes = useStyles();
  const { t } = useTranslation();
  const here = useHref('');
  const pane = useRef<HTMLDivElement>(null);
  const focus = useLineFocus(lines.length);
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => pane.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 20,
    rangeExtractor: focus.keepDrawn,
  });
  const drawn = virtualizer.getVirtualItems();
  const reachable = focus.choose({
    drawn,
    marked: lines.findIndex(({ line }) => line === markedLine),
    top: virtualizer.scrollOffset ?? 0,
  });
  const height = virtualizer.getTotalSize();
  const newLines = useNewLines(lines.length, isFollowing);
  const onScroll = useStopOnScrollUp(isFollowing, onFollow);

  useLayoutEffect(() => {
    if (isFollowing && pane.current) {
      pane.current.scrollTop = pane.current.scrollHeight;
    }
  }, [isFollowing, height]);

  const onMark = useScrollToLine({
    lines,
    markedLine,
    pane,
    virtualizer,
    onMark: props.onMark,
  });

  return (
    <div className={classes.frame}>
      <ScrollRegion
        ref={pane}
        className={classes.pane}
        aria-label={t('log.label')}
        onScroll={onScroll}
      >
        {lines.length === 0 && (
          <p className={classes.empty}>
            {t(isComplete ? 'log.empty' : 'log.waiting')}
          </p>
        )}
        <div
          role="presentation"
          className={classes.inner}
          style={{ height }}
          {...focus.handlers}
        >
          {drawn.map(item => (
            <div
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              className={classes.row}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <LogRow
                line={lines[item.index]}
                query={props.query}
                isMarked={lines[item.index].line === markedLine}
                isReachable={item.index === reachable}
                href={`${here}?line=${lines[item.index].line}`}
                onMark={onMark}
              />
            </div>
          ))}
        </div>
      </ScrollRegion>
      {!isFollowing && newLines > 0 && (
        <div className={classes.resume}>
          <Button
            size="small"
            iconStart={<RiArrowDownLine aria-hidden />}
            onPress={() => onFollow(true)}
          >
            {t('log.newLines', { count: newLines })}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Lines that came in since the person stopped following; where nobody followed, none is new. */
function useNewLines(count: number, isFollowing: boolean): number {
  const [seen, setSeen] = useState<number | null>(null);
  const wasFollowing = useRef(isFollowing);
  useEffect(() => {
    if (wasFollowing.current !== isFollowing) {
      wasFollowing.current = isFollowing;
      setSeen(isFollowing ? null : count);
    }
  }, [count, isFollowing]);
  return seen === null ? 0 : count - seen;
}

/** Stops following when the person scrolls up. */
function useStopOnScrollUp(
  isFollowing: boolean,
  onFollow: (on: boolean) => void,
) {
  const lastTop = useRef(0);
  return (event: { currentTarget: HTMLElement }) => {
    const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
    const isUp = scrollTop < lastTop.current;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < END_ZONE;
    lastTop.current = scrollTop;
    if (isFollowing && isUp && !isAtEnd) {
      onFollow(false);
    }
  };
}
