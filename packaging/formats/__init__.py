"""Packages for each package manager, made from a program that is compiled already."""
