import {
  Link,
  sidebarConfig,
  useSidebarOpenState,
} from '@backstage/core-components';
import { makeStyles } from '@material-ui/core/styles';
import { SlipwayMark } from '../SlipwayMark';

const useStyles = makeStyles({
  root: {
    height: 2 * sidebarConfig.logoHeight,
    display: 'flex',
    alignItems: 'center',
  },
  link: {
    display: 'flex',
    alignItems: 'center',
    gap: 12,
    marginLeft: (sidebarConfig.drawerWidthClosed - 32) / 2,
    color: '#ffffff',
    fontSize: '1.25rem',
    fontWeight: 600,
  },
});

export const SidebarLogo = () => {
  const classes = useStyles();
  const { isOpen } = useSidebarOpenState();
  return (
    <div className={classes.root}>
      <Link
        to="/"
        underline="none"
        className={classes.link}
        aria-label="Slipway, start page"
      >
        <SlipwayMark size={32} />
        {isOpen && <span>Slipway</span>}
      </Link>
    </div>
  );
};
