# SPDX-License-Identifier: BSD-3-Clause
"""Turnpike beside Debian's coturn, in one run on one machine: what each carries, and the ratios between them."""
