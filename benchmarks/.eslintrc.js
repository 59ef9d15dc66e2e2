module.exports = require('@backstage/cli/config/eslint-factory')(__dirname, {
  // The sample application that is deployed: a project of its own.
  ignorePatterns: ['app/**'],
});
