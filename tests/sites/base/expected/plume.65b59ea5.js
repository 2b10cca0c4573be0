"use strict"; // Les scripts ne sont pas l’affaire de ces tests.
