"""Tracks in bulk: files of many days and officers, cut into shifts of duty."""
