#!/bin/sh
# Sets up a fresh copy of this project, so that work can begin and its tests can run.
set -eu
cd "$$(dirname "$$0")"
$steps
