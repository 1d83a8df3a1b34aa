"""The single crossing: ids become indices, maps become arrays, and back."""
