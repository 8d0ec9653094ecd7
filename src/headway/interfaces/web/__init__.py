"""The web workspace: pages for people.

The frame (base templates, components, formats, headers, sign-in, sessions) lies here; each area's pages lie in a
folder of the area's name. A page parses, makes one call, and renders; it decides nothing.
"""
