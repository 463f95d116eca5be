"""Asking servers: when, how politely, and so that no answer does harm."""
