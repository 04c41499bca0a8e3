-- What the policies of row-level security go by, until this transaction ends (the third argument).
-- One column: every list waits for this, and a client makes an object of each.
SELECT concat(set_config('sanbai.rights', :rights, true),
              set_config('sanbai.district', :district, true),
              set_config('sanbai.account', :account, true),
              set_config('sanbai.unit', :unit, true),
              set_config('sanbai.case_paths', :case_paths, true),
              set_config('sanbai.case_grids', :case_grids, true),
              set_config('sanbai.track_paths', :track_paths, true),
              set_config('sanbai.plan_paths', :plan_paths, true),
              set_config('sanbai.list_paths', :list_paths, true),
              set_config('sanbai.post_paths', :post_paths, true))
