import { ReactNode } from 'react';
import { makeStyles } from '@material-ui/core/styles';

const useStyles = makeStyles(
  { list: { margin: 0, padding: 0, listStyle: 'none' } },
  { name: 'SlipwayGateList' },
);

/** Gates, in the order in which the manifest has them: none changes its place when it opens. */
export function GateList(props: { label: string; children: ReactNode }) {
  const classes = useStyles();
  return (
    <ul className={classes.list} aria-label={props.label}>
      {props.children}
    </ul>
  );
}
