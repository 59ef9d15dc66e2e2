import { Card, CardBody, Text } from '@backstage/ui';
import { makeStyles } from '@material-ui/core/styles';
import { SlipwayMark } from '../SlipwayMark';
import { DemoPerson } from './demoPeople';

const useStyles = makeStyles({
  page: {
    minHeight: '100vh',
    boxSizing: 'border-box',
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    gap: 'var(--bui-space-8)',
    padding: 'var(--bui-space-6)',
    background: 'var(--bui-bg-app)',
  },
  head: {
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    gap: 'var(--bui-space-3)',
    textAlign: 'center',
  },
  people: {
    listStyle: 'none',
    margin: 0,
    padding: 0,
    width: '100%',
    maxWidth: 880,
    display: 'grid',
    gap: 'var(--bui-space-4)',
    gridTemplateColumns: 'repeat(auto-fit, minmax(260px, 1fr))',
  },
  card: { height: '100%' },
  person: { display: 'flex', gap: 'var(--bui-space-4)' },
  words: {
    display: 'flex',
    flexDirection: 'column',
    gap: 'var(--bui-space-1)',
  },
  initials: {
    flex: 'none',
    width: 44,
    height: 44,
    borderRadius: '50%',
    display: 'grid',
    placeItems: 'center',
    fontWeight: 600,
    color: '#ffffff',
    background: '#0b3c49',
  },
});

/** One card a person; one click signs in. */
export const PersonChooser = (props: {
  people: DemoPerson[];
  onChoose: (person: DemoPerson) => void;
}) => {
  const classes = useStyles();
  return (
    <main className={classes.page}>
      <header className={classes.head}>
        <SlipwayMark size={64} />
        <Text as="h1" variant="title-large" weight="bold">
          Who are you today?
        </Text>
        <Text as="p" variant="body-large" color="secondary">
          This is the demo, so there are no passwords. Open a second tab to be
          two people at once.
        </Text>
      </header>
      <ul className={classes.people}>
        {props.people.map(person => (
          <li key={person.name}>
            <Card
              className={classes.card}
              label={`Sign in as ${person.title}, ${person.role}`}
              onPress={() => props.onChoose(person)}
            >
              <CardBody className={classes.person}>
                <span className={classes.initials} aria-hidden="true">
                  {initialsOf(person.title)}
                </span>
                <span className={classes.words}>
                  <Text as="h2" variant="title-x-small" weight="bold">
                    {person.title}
                  </Text>
                  <Text variant="body-medium">{person.role}</Text>
                  <Text variant="body-small" color="secondary">
                    {person.may}
                  </Text>
                </span>
              </CardBody>
            </Card>
          </li>
        ))}
      </ul>
    </main>
  );
};

/** First letters of the first and the last word: Ana Duarte, AD. */
function initialsOf(title: string): string {
  const words = title.split(' ');
  return [words.at(0), words.length > 1 ? words.at(-1) : undefined]
    .map(word => word?.charAt(0) ?? '')
    .join('');
}
