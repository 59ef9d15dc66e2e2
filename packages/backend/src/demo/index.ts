export { demoSignIn } from './demoSignIn';
